// What is wrong with evidence while it is read, as values that the readers pass on and the ledger states.

/** Evidence that is cut or broken from here on. The message is a clause: what, and where. */
export class Damage extends Error {
  override readonly name: string = 'Damage';
}

/**
 * A hole: something is lost here, and what follows it can be read by reading on. `Cursor.pass` goes over it; a reader
 * that knows nothing of holes meets it as Damage, again and again.
 */
export class Gap extends Damage {
  override readonly name = 'Gap';
}
