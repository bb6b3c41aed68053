const maxReplyBytes = 2 ** 20;

/** fetch under the call's signal; a reply that grows past 1 MiB fails. */
export function guardedFetch(signal: AbortSignal): typeof fetch {
  return async (input, init) => {
    const both = init?.signal == null ? signal : AbortSignal.any([signal, init.signal]);
    const response = await fetch(input, { ...init, signal: both });
    if (response.body === null) return response;
    const { status, statusText, headers } = response;
    const bounded = new Response(response.body.pipeThrough(atMost(maxReplyBytes)), { status, statusText, headers });
    Object.defineProperty(bounded, 'url', { value: response.url });
    return bounded;
  };
}

function atMost(bytes: number): TransformStream<Uint8Array, Uint8Array> {
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > bytes) controller.error(new Error(`the reply is larger than ${bytes} bytes`));
      else controller.enqueue(chunk);
    },
  });
}
