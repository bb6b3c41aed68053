import { markup, type Markup } from '@tapewatch/model';
import { page } from './page.js';

const tokenForm = markup`<form method="post" action="/sign-in">
  <label>Token<br /><input type="password" name="token" autocomplete="current-password" required /></label>
  <button>Sign in</button>
</form>`;

/** For a browser without a session. */
export function signInNeededPage(): string {
  return page(
    'Sign in to Tapewatch',
    markup`<h1>Tapewatch</h1>
      <p>
        Nobody is signed in. Open a sign-in link (Tapewatch prints one when it starts, and
        <code>tapewatch sign-in</code> another), or enter a token:
      </p>
      ${tokenForm}
      <p class="note">
        The admin token is what <code>TAPEWATCH_ADMIN_TOKEN</code> was set to, or else stands in the file
        <code>admin-token</code> in the data folder. Programs send it as <code>Authorization: Bearer TOKEN</code>.
      </p>`,
  );
}

/** What a sign-in link shows. The button is there so that a preview of the link does not use it up. */
export function signInPage(oneTimeToken: string): string {
  return page(
    'Sign in to Tapewatch',
    markup`<h1>Tapewatch</h1>
      <p>This link opens a session in this browser, once.</p>
      <form method="post" action="/sign-in">
        <input type="hidden" name="token" value="${oneTimeToken}" /><button autofocus>Sign in</button>
      </form>`,
  );
}

export function signInFailedPage(): string {
  return page(
    'Sign in to Tapewatch',
    markup`<h1>Tapewatch</h1>
      <p class="bad">This token is not valid, or was used already.</p>
      <p>A sign-in link works once; <code>tapewatch sign-in</code> prints a new one. A token works until it expires:</p>
      ${tokenForm}`,
  );
}

export function signInPausedPage(waitSeconds: number): string {
  return page(
    'Sign in to Tapewatch',
    markup`<h1>Tapewatch</h1>
      <p class="bad">Too many tokens were wrong: nobody can sign in from this address for the next ${waitSeconds} s.</p>
      <p>Programs that send <code>Authorization: Bearer TOKEN</code> are served meanwhile.</p>`,
  );
}

export function signInUnavailablePage(): string {
  return page(
    'Sign in to Tapewatch',
    markup`<h1>Tapewatch</h1>
      <p class="bad">The session could not be written to disk; nobody was signed in.</p>
      <p>The log of the server says more. Programs that send <code>Authorization: Bearer TOKEN</code> are served.</p>`,
  );
}

export function signOutPage(name: string): string {
  return page(
    'Sign out of Tapewatch',
    markup`<h1>Tapewatch</h1>
      <p>Signed in as ${name}.</p>
      ${signOutForm()}`,
  );
}

export function signOutForm(): Markup {
  return markup`<form method="post" action="/sign-out"><button>Sign out</button></form>`;
}

export function signedOutPage(): string {
  return page(
    'Signed out of Tapewatch',
    markup`<h1>Tapewatch</h1>
      <p>The session in this browser is over.</p>
      <p><a href="/sign-in">Sign in</a></p>`,
  );
}
