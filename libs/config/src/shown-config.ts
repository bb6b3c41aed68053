import { isScalar, parseDocument, visit, type Pair } from 'yaml';

const secret = '<secret>';
/** Names of keys whose values are nobody's business, here and in any plugin's config. */
const secretKey = /token|secret|passw|credential|api_?key|private|auth|bearer|signature|webhook|dsn|cookie/i;
/** Whatever stands below these is secret unless it is plainly not. */
const secretMap = /^headers$/i;
const urlUser = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i;
const urlRest = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]+)[^]*$/i;

/**
 * A configuration's text as it may be shown: what was substituted from outside, what stands under a secret's name, credentials
 * in addresses and the paths of addresses that channels post to become `<secret>`. Comments, which can hold anything, are left out.
 * '' for text that is no YAML.
 */
export function shownConfig(text: string): string {
  const document = parseDocument(text, { merge: true, stringKeys: true });
  if (document.errors.length > 0) return '';
  visit(document, {
    Collection: (_key, node) => withoutComments(node),
    Alias: (_key, node) => withoutComments(node),
    Pair(_key, pair, ancestors) {
      const name = keyOf(pair);
      const inMap = ancestors.some((one) => 'key' in one && 'value' in one && secretMap.test(keyOf(one)));
      if (isScalar(pair.value) && (inMap || secretKey.test(name))) pair.value.value = secret;
    },
    Scalar(key, node, ancestors) {
      withoutComments(node);
      if (key === 'key' || typeof node.value !== 'string') return;
      const inChannel = ancestors.some((one) => 'key' in one && 'value' in one && keyOf(one).endsWith('_configs'));
      node.value = shownText(node.value, inChannel);
    },
  });
  withoutComments(document);
  return document.toString({ lineWidth: 0 });
}

function withoutComments(node: { comment?: string | null; commentBefore?: string | null }): void {
  node.comment = null;
  node.commentBefore = null;
}

/** The address of a channel is often its password as well: of it only the host is shown. */
function shownText(text: string, inChannel: boolean): string {
  if (/(?<!\$)\$\{[^}]*\}/.test(text)) return secret;
  if (inChannel && urlRest.test(text)) return text.replace(urlUser, '$1').replace(urlRest, `$1/${secret}`);
  return text.replace(urlUser, `$1${secret}@`);
}

function keyOf(pair: Pair): string {
  const key: unknown = isScalar(pair.key) ? pair.key.value : pair.key;
  return typeof key === 'string' ? key : '';
}
