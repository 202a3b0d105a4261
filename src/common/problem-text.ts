/** The words of an error, which a person reads: what happened, and what to do about it. */
export interface ProblemText {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}
