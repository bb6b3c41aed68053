/** What Alertmanager's receivers of one kind take, besides `send_resolved` (Alertmanager 0.34, config/notifiers.go and notify). */
export interface ReceiverKind {
  /** Whether resolved notices are sent when the file does not say. */
  readonly sendResolved: boolean;
  readonly fields: readonly string[];
}

function kind(sendResolved: boolean, fields: string): ReceiverKind {
  return { sendResolved, fields: [...fields.split(' '), 'http_config'] };
}

/** By the type before `_configs`. */
export const receiverKinds: ReadonlyMap<string, ReceiverKind> = new Map([
  ['webhook', kind(true, 'url url_file max_alerts timeout payload')],
  [
    'slack',
    kind(
      false,
      'api_url api_url_file app_token app_token_file app_url channel username color title title_link pretext text message_text fields short_fields footer fallback callback_id icon_emoji icon_url image_url thumb_url link_names mrkdwn_in actions update_message timeout',
    ),
  ],
  [
    'telegram',
    kind(
      true,
      'api_url bot_token bot_token_file chat_id chat_id_file message_thread_id message disable_notifications parse_mode',
    ),
  ],
  [
    'email',
    kind(
      false,
      'to from hello smarthost auth_username auth_password auth_password_file auth_secret auth_secret_file auth_identity headers html text require_tls tls_config force_implicit_tls threading',
    ),
  ],
  ['discord', kind(true, 'webhook_url webhook_url_file content title message username avatar_url')],
  ['incidentio', kind(true, 'url url_file alert_source_token alert_source_token_file max_alerts timeout')],
  [
    'pagerduty',
    kind(
      true,
      'service_key service_key_file routing_key routing_key_file url client client_url description details images links source severity class component group timeout',
    ),
  ],
  [
    'opsgenie',
    kind(
      true,
      'api_key api_key_file api_url message description source details entity responders actions tags note priority update_alerts',
    ),
  ],
  [
    'wechat',
    kind(false, 'api_secret api_secret_file corp_id message api_url to_user to_party to_tag agent_id message_type'),
  ],
  [
    'pushover',
    kind(
      true,
      'user_key user_key_file token token_file title message url url_title device sound priority retry expire ttl html monospace',
    ),
  ],
  [
    'victorops',
    kind(
      true,
      'api_key api_key_file api_url routing_key message_type state_message entity_display_name monitoring_tool custom_fields',
    ),
  ],
  ['sns', kind(true, 'api_url sigv4 topic_arn phone_number target_arn subject message attributes use_aws_http_client')],
  ['webex', kind(true, 'api_url message room_id')],
  ['msteams', kind(true, 'webhook_url webhook_url_file title summary text')],
  ['msteamsv2', kind(true, 'webhook_url webhook_url_file title text')],
  [
    'jira',
    kind(
      true,
      'api_url api_type project summary description labels priority issue_type reopen_transition resolve_transition wont_fix_resolution reopen_duration fields',
    ),
  ],
  [
    'rocketchat',
    kind(
      false,
      'api_url token_id token_id_file token token_file channel color title title_link text fields short_fields emoji icon_url image_url thumb_url link_names actions',
    ),
  ],
  [
    'mattermost',
    kind(
      true,
      'webhook_url webhook_url_file channel username text fallback color pretext author_name author_link author_icon title title_link fields thumb_url footer footer_icon image_url icon_url icon_emoji attachments type props priority',
    ),
  ],
]);

/** The keys under `global`. */
export const globalFields: readonly string[] = (
  'resolve_timeout http_config jira_api_url smtp_from smtp_hello smtp_smarthost smtp_auth_username smtp_auth_password ' +
  'smtp_auth_password_file smtp_auth_secret smtp_auth_secret_file smtp_auth_identity smtp_require_tls smtp_tls_config ' +
  'smtp_force_implicit_tls slack_api_url slack_api_url_file slack_app_token slack_app_token_file slack_app_url pagerduty_url ' +
  'opsgenie_api_url opsgenie_api_key opsgenie_api_key_file wechat_api_url wechat_api_secret wechat_api_secret_file ' +
  'wechat_api_corp_id victorops_api_url victorops_api_key victorops_api_key_file telegram_api_url telegram_bot_token ' +
  'telegram_bot_token_file webex_api_url rocketchat_api_url rocketchat_token rocketchat_token_file rocketchat_token_id ' +
  'rocketchat_token_id_file mattermost_webhook_url mattermost_webhook_url_file'
).split(' ');
