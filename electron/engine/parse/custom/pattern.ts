// Patterns of formats that are data: run by RE2, in time proportional to the line.
import { RE2JS } from 're2js';

/** The pattern for whole lines. Throws RE2JSException. */
export const compilePattern = (pattern: string): RE2JS =>
  RE2JS.compile(`^(?:${pattern.replace(/^\^|(?<!\\)\$$/g, '')})$`);
