// What is wrong with a rule, and where: every refusal names the thing and its line.

/** 1-based place in the rule file. */
export interface Place {
  line: number;
  column: number;
}

export interface Problem extends Place {
  message: string;
}

const MOST_KEPT = 100;

export class Problems {
  readonly list: Problem[] = [];
  /** How many were added, kept or not. */
  count = 0;

  add(at: Place, message: string): void {
    this.count++;
    if (this.list.length < MOST_KEPT) this.list.push({ line: at.line, column: at.column, message });
  }

  get any(): boolean {
    return this.list.length > 0;
  }
}

/** `line 12:5: message` of the first few problems, for one line of text. */
export function problemsText(problems: readonly Problem[]): string {
  const said = problems.slice(0, 3).map((p) => `line ${p.line}: ${p.message}`);
  if (problems.length > 3) said.push(`and ${problems.length - 3} more`);
  return said.join('; ');
}
