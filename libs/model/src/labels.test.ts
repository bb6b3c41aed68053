import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Labels } from './labels.js';

const record = fc.dictionary(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 }));

describe('Labels', () => {
  it('is the same whatever the order, and without empty values', () => {
    fc.assert(
      fc.property(record, (entries) => {
        const forwards = Labels.of(entries);
        const backwards = Labels.fromEntries(Object.entries(entries).reverse());
        expect(backwards.equals(forwards)).toBe(true);
        expect(forwards.toObject()).toEqual(
          Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== '')),
        );
        for (const [name, value] of Object.entries(entries)) expect(forwards.get(name)).toBe(value);
      }),
    );
  });

  it('has the same key exactly when it is equal', () => {
    // Without the control characters that the key itself is made with, which no label has.
    const plain = fc.dictionary(fc.stringMatching(/^[a-z"\\]{0,3}$/), fc.stringMatching(/^[a-z"\\]{0,3}$/));
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        const [one, other] = [Labels.of(a), Labels.of(b)];
        expect(one.key === other.key).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it('changes without touching the original', () => {
    const labels = Labels.of({ a: '1', b: '2' });
    expect(labels.with({ b: '', c: '3' }).toObject()).toEqual({ a: '1', c: '3' });
    expect(labels.without('a').toObject()).toEqual({ b: '2' });
    expect(labels.keep('a', 'z').toObject()).toEqual({ a: '1' });
    expect(labels.toObject()).toEqual({ a: '1', b: '2' });
    expect(labels.without('z')).toBe(labels);
  });

  it("has Prometheus' fingerprint", () => {
    // From the tests of prometheus/common, model/signature_test.go.
    expect(BigInt(`0x${Labels.EMPTY.fingerprint()}`)).toBe(14695981039346656037n);
    const labels = Labels.of({ name: 'garland, briggs', fear: 'love is not enough' });
    expect(BigInt(`0x${labels.fingerprint()}`)).toBe(5799056148416392346n);
  });

  it('has the fingerprint that whole numbers of 64 bits would give', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(text, text), (record) => {
        const labels = Labels.of(record);
        let hash = 0xcbf29ce484222325n;
        for (const word of [...labels.entries()].flat())
          for (const byte of [...new TextEncoder().encode(word), 0xff])
            hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
        expect(BigInt(`0x${labels.fingerprint()}`)).toBe(hash);
      }),
    );
  });

  it('prints as Prometheus does', () => {
    expect(Labels.of({ __name__: 'up', job: 'a"b' }).toString()).toBe('up{job="a\\"b"}');
    expect(Labels.of({ __name__: 'up' }).toString()).toBe('up');
    expect(Labels.of({ __name__: 'http.requests', 'k v': '1' }).toString()).toBe('{"http.requests", "k v"="1"}');
    expect(Labels.EMPTY.toString()).toBe('{}');
  });
});
