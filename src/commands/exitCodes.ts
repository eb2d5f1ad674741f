/** What the exit codes mean. */
export const exitCodes = {
  ok: 0,
  /** Something went wrong while it ran, or check-config found a bad configuration. */
  failure: 1,
  /** The command line or the configuration cannot be used; nothing was started. */
  usage: 2,
  /** `once --capture-above` has found something and captured it. */
  captured: 3,
  /** A signal came before what was asked for was there, or a second one cut the orderly end short. */
  interrupted: 130,
} as const;
