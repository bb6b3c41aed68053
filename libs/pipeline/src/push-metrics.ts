import { accepted, refused, type CommandResult } from '@tapewatch/model';
import {
  decodeJson,
  decodeProtobuf,
  MalformedRequestError,
  type IntakeResult,
  type OtlpIntake,
} from '@tapewatch/telemetry';

/** Reads one OTLP request and takes it in. */
export function pushMetrics(
  intake: OtlpIntake,
  body: Uint8Array,
  encoding: 'protobuf' | 'json',
): CommandResult<IntakeResult> {
  try {
    const request = encoding === 'protobuf' ? decodeProtobuf(body) : decodeJson(Buffer.from(body).toString('utf8'));
    return accepted(intake.take(request));
  } catch (thrown) {
    if (thrown instanceof MalformedRequestError) return refused('INVALID_INPUT', thrown.message);
    throw thrown;
  }
}
