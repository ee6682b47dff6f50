/** A rule that the specification does not allow, or that can't be honoured. */
export class Refused extends Error {}
