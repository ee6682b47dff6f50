// Texts of the templates that were shown, by id: what the chips of the lens say.
const texts = new Map<string, string>();

export const rememberTemplate = (id: string, text: string): void => void texts.set(id, text);

/** The text with a mark for what varies; the id when it was not shown in this window. */
export const templateWords = (id: string): string => texts.get(id)?.replaceAll('<*>', '∗') ?? id;
