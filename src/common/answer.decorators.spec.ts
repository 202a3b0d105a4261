import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { answerOf, Answers, Does } from './answer.decorators.js';

const note = z.object({ id: z.string(), tags: z.array(z.string()), at: z.date().nullable() });

class Notes {
  @Answers(note, 'A note')
  read(): Promise<{ readonly id: string; readonly tags: readonly string[]; readonly at: Date | null }> {
    return Promise.resolve({ id: '', tags: [], at: null });
  }

  // @ts-expect-error a member of the answer is missing
  @Answers(note, 'A note without its tags')
  short(): { id: string; at: null } {
    return { id: '', at: null };
  }

  // @ts-expect-error a member of the answer has another type
  @Answers(note, 'A note with a number for an id')
  wrong(): { id: number; tags: string[]; at: null } {
    return { id: 1, tags: [], at: null };
  }

  @Does('Forgets the note', { problems: ['not_found'] })
  forget(): void {}

  silent(): void {}
}

describe('what a handler says of its answer', () => {
  const { read, forget, silent } = Notes.prototype;

  it('is kept with the handler', () => {
    expect(answerOf(read)).toEqual({ schema: note, summary: 'A note' });
    expect(answerOf(forget)).toEqual({ summary: 'Forgets the note', problems: ['not_found'] });
  });

  it('may be nothing', () => {
    expect(answerOf(silent)).toBeUndefined();
  });
});
