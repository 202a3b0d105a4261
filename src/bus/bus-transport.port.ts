/** A connection that listens. */
export interface BusLine {
  /** Lets go of it at once, whether the other side answers or not. */
  close(): void;
}

/**
 * What carries the messages of a bus between nodes. It keeps no state between two lines and decides nothing: when to
 * connect, and whether a line is alive, is the bus's to say.
 */
export interface BusTransport {
  /**
   * Opens a line of its own, and hears everything that is sent from then on.
   * @param lost called when the line breaks, perhaps more than once; never where this throws
   * @throws where no line comes about within a few seconds; nothing is left behind then
   */
  listen(hear: (text: string) => void, lost: (reason: Error) => void): Promise<BusLine>;

  /**
   * Sends to all who listen.
   * @throws where that cannot be done
   */
  send(text: string): Promise<void>;
}
