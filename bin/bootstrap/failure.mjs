/** What stops a start, said with what to do about it. */
export class Failure extends Error {
  /**
   * @param {string} message
   * @param {string} remedy
   */
  constructor(message, remedy) {
    super(message);
    this.remedy = remedy;
  }
}

/** Standard output belongs to the command that follows (`doctor --json`), so everything here is said on the other. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Runs `main` and turns a `Failure` into its two lines and exit code 1. */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(`${error.message}\n${error.remedy}`);
    process.exitCode = 1;
  }
}
