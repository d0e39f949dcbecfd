/** An instance cannot be started; the text is for people. */
export class StartFailure extends Error {}
