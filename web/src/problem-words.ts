import { PROBLEMS, type ProblemCode } from '../../src/common/problems.js';
import { IDP_ERRORS, type IdpErrorCode } from '../../src/identity/idp-errors.js';
import { IDP_ERRORS_DE } from './idp-errors.de.js';
import { t, type Language, language } from './language.js';
import { PROBLEMS_DE } from './problems.de.js';

export interface Words {
  readonly title: string;
  readonly detail: string;
}

const PROBLEM_WORDS: Record<Language, Record<ProblemCode, Words>> = { en: PROBLEMS, de: PROBLEMS_DE };
const IDP_WORDS: Record<Language, Record<IdpErrorCode, Words>> = { en: IDP_ERRORS, de: IDP_ERRORS_DE };

export function problemWords(error: ProblemCode | 'unknown', idpError: IdpErrorCode | null = null): Words {
  if (idpError) return IDP_WORDS[language][idpError];
  return error === 'unknown' ? t.unknownProblem : PROBLEM_WORDS[language][error];
}
