export type OtlpEncoding = 'protobuf' | 'json';

export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/** ExportMetricsServiceResponse; without a partial success everything was taken (OTLP specification, "Partial Success"). */
export function exportResponse(encoding: OtlpEncoding, { rejected, message }: PartialSuccess): Buffer {
  const whole = rejected === 0 && message === '';
  if (encoding === 'json') {
    return Buffer.from(
      whole
        ? '{}'
        : JSON.stringify({ partialSuccess: { rejectedDataPoints: String(rejected), errorMessage: message } }),
    );
  }
  if (whole) return Buffer.alloc(0);
  return bytesField(1, Buffer.concat([varintField(1, rejected), bytesField(2, Buffer.from(message))]));
}

/** The google.rpc.Status that an OTLP failure carries; `code` is gRPC's. */
export function statusResponse(encoding: OtlpEncoding, code: number, message: string): Buffer {
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }));
  return Buffer.concat([varintField(1, code), bytesField(2, Buffer.from(message))]);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}
