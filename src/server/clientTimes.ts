/** How long a client may take, whatever it speaks. */

/** Longer than any usual scrape interval, so that Prometheus keeps its connection. */
export const KEEP_ALIVE_SECONDS = 90;
/** For the head of a request. */
export const HEAD_SECONDS = 30;
/** For all of a request. */
export const REQUEST_SECONDS = 60;
/** Longer than anybody waits for an answer. A client that does not read it for so long is gone, even if its connection still stands. */
export const STILL_SECONDS = 150;
/** How often it is looked for clients that are over these. */
export const CHECK_SECONDS = 5;
