import { describe, expect, it } from 'vitest';
import { overrideEndpoints } from './endpoint-override.js';

const tree = {
  public: 'https://api.example.com/api/v3',
  rest: 'https://{hostname}',
  ws: { spot: 'wss://stream.example.com:9443/ws', v2: { private: 'wss://{hostname}/v2' } },
  flag: true,
};

describe('overrideEndpoints', () => {
  it('moves every address of a kind and keeps its path', () => {
    expect(overrideEndpoints(tree, { restUrl: 'http://127.0.0.1:8/', wsUrl: 'ws://127.0.0.1:9' })).toEqual({
      public: 'http://127.0.0.1:8/api/v3',
      rest: 'http://127.0.0.1:8',
      ws: { spot: 'ws://127.0.0.1:9/ws', v2: { private: 'ws://127.0.0.1:9/v2' } },
      flag: true,
    });
  });

  it('puts the path of a REST override in front and lets that of a WebSocket override win', () => {
    expect(overrideEndpoints(tree, { restUrl: 'https://proxy/b', wsUrl: 'ws://127.0.0.1:9/stream/ws' })).toEqual({
      public: 'https://proxy/b/api/v3',
      rest: 'https://proxy/b',
      ws: { spot: 'ws://127.0.0.1:9/stream/ws', v2: { private: 'ws://127.0.0.1:9/stream/ws' } },
      flag: true,
    });
  });

  it('leaves alone what is not overridden', () => {
    expect(overrideEndpoints(tree, {})).toEqual(tree);
  });
});
