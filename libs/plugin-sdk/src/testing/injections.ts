import type { Notification } from '../channel.js';
import { sampleNotification } from './notification.js';

/** Label values that mean something to a chat service, a mail program or a browser, and must be read as they stand. @public */
export const injections: readonly string[] = [
  '<!channel> <!here|here> <@U012AB3CD> <#C012AB3CD>',
  '<https://evil.example|your bank>',
  '</b></i><a href="https://evil.example">click</a>',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '&lt;b&gt; &amp;amp; &#60;',
  '[text](https://evil.example) ![](x)',
  '`code` ```block``` ~struck~ ||hidden||',
  '_a_ *b* __c__ > quote # head + - = {x} . ! \\ |',
  '{{ .Labels }} ${env:HOME} %0d%0a %s',
];

/** A notification with an alert for each injection, in all of its texts. @public */
export function hostileNotification(): Notification {
  const sample = sampleNotification();
  const alerts = injections.map((text, i) => ({
    ...sample.alerts[0]!,
    id: `injection-${i}`,
    name: text,
    labels: { alertname: text, detail: text },
    annotations: { summary: text, description: text },
    acknowledgedBy: text,
  }));
  return { ...sample, alerts, commonLabels: {}, commonAnnotations: {}, groupLabels: {} };
}
