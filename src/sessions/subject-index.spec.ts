import { beforeEach, describe, expect, it } from '@jest/globals';
import { memberOf, type Subject } from './session-record.js';
import { SubjectIndex } from './subject-index.js';

const ACME: Subject = { kind: 'organization', id: 'org_acme' };
const ADA: Subject = { kind: 'user', id: 'user_ada' };
const ALAN: Subject = { kind: 'user', id: 'user_alan' };

let index: SubjectIndex;
beforeEach(() => {
  index = new SubjectIndex();
  index.add('one', [ACME, ADA, memberOf('org_acme', 'user_ada')]);
  index.add('two', [ACME, ALAN]);
  index.add('three', [ACME, ADA]);
});

describe('what is kept for a subject', () => {
  it('is found by it, and nothing of another one', () => {
    expect(index.keysOf(ADA)).toEqual(['one', 'three']);
    expect(index.keysOf(ALAN)).toEqual(['two']);
    expect(index.keysOf(memberOf('org_acme', 'user_ada'))).toEqual(['one']);
    expect(index.keysOf(ACME)).toEqual(['one', 'two', 'three']);
    expect(index.keysOf({ kind: 'member', id: ADA.id })).toEqual([]);
    expect(index.keysOf({ kind: 'user', id: 'user_nobody' })).toEqual([]);
  });

  it('is found once, however often it is said', () => {
    index.add('two', [ACME, ALAN]);
    index.add('one', [ADA]);
    expect(index.keysOf(ALAN)).toEqual(['two']);
    expect(index.keysOf(ADA)).toEqual(['one', 'three']);
  });

  it('is not found any more once it is gone, and leaves nothing behind', () => {
    index.remove('one', [ACME, ADA, memberOf('org_acme', 'user_ada')]);
    expect(index.keysOf(ADA)).toEqual(['three']);
    expect(index.keysOf(ACME)).toEqual(['two', 'three']);
    index.remove('three', [ACME, ADA]);
    index.remove('two', [ACME, ALAN]);
    expect(index.size).toBe(0);
  });

  it('stays where somebody else of the subject goes', () => {
    index.remove('another', [ACME, ALAN]);
    expect(index.keysOf(ALAN)).toEqual(['two']);
  });

  it('is all gone at once', () => {
    index.clear();
    expect([index.keysOf(ACME), index.size]).toEqual([[], 0]);
  });
});
