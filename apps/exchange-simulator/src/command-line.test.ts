import { describe, expect, it } from 'vitest';
import { parseCommandLine, UsageError } from './command-line.js';

describe('parseCommandLine', () => {
  it('has defaults for everything', () => {
    expect(parseCommandLine([])).toEqual({ host: '127.0.0.1', port: 0, seed: 1 });
  });

  it('reads all options', () => {
    const args = ['--port', '9000', '--host=::1', '--seed', '42', '--scenario', 'a.yaml', '--state', 'b.json'];
    const expected = { host: '::1', port: 9000, seed: 42, scenarioPath: 'a.yaml', statePath: 'b.json' };
    expect(parseCommandLine(args)).toEqual(expected);
  });

  it('reads that the state is held', () => {
    expect(parseCommandLine(['--state', 'b.json', '--hold-state'])).toMatchObject({
      statePath: 'b.json',
      holdState: true,
    });
  });

  it.each([
    [['--hold-state'], /--hold-state needs --state/],
    [['--host', '0.0.0.0'], /--host 0\.0\.0\.0 is not of this machine/],
    [['--host', '127.example.org'], /loopback only/],
    [['--port', '70000'], /--port must be a whole number from 0 to 65535, not "70000"/],
    [['--seed', '-1'], /seed/],
    [['--seed=1.5'], /--seed must be a whole number/],
    [['--sede', '1'], /--sede/],
    [['stray'], /stray/],
  ])('refuses %j', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(UsageError);
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});
