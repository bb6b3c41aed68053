import { Labels } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { LabelGroups, LabelMemo } from './label-memo.js';

const labelled = (i: number): Labels => Labels.of({ i: String(i) });

describe('LabelMemo', () => {
  it('derives once for each label set', () => {
    let derived = 0;
    const memo = new LabelMemo(() => ++derived);
    const labels = labelled(1);
    expect([memo.of(labels), memo.of(labels), memo.of(labelled(1))]).toEqual([1, 1, 2]);
  });

  it('forgets when most of what it holds is of series that are gone', () => {
    let derived = 0;
    const memo = new LabelMemo(() => ++derived);
    for (let i = 0; i < 10_000; i++) {
      memo.expect(10);
      memo.of(labelled(i));
    }
    const labels = labelled(0);
    memo.of(labels);
    expect(memo.expect(10_000)).toBe(false);
    const before = derived;
    memo.of(labels);
    expect(derived).toBe(before);
  });
});

describe('LabelGroups', () => {
  it('puts label sets that come later into the groups of former passes', () => {
    const groups = new LabelGroups((labels) => labels.without('i'));
    groups.begin(1);
    const first = labelled(1);
    const group = groups.of(first);
    groups.begin(2);
    expect(groups.of(labelled(2))).toBe(group);
    expect(groups.of(first)).toBe(group);
  });

  it('keeps one group for equal projections, also after it forgot', () => {
    const groups = new LabelGroups((labels) => labels.without('i'));
    for (let i = 0; i < 2000; i++) {
      const pass = groups.begin(2);
      groups.of(labelled(i)).pass = pass;
      expect(groups.of(labelled(-i)).pass).toBe(pass);
    }
  });
});
