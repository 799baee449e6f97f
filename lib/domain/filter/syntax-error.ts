import type { FilterProblem } from "./ast.ts";

/** Thrown inside the reader of filters only; `parseFilter` answers it as a problem. */
export class FilterSyntaxError extends Error {
  readonly problem: FilterProblem;

  constructor(position: number, expected: string[], message: string) {
    super(message);
    this.problem = { position, expected, message };
  }
}
