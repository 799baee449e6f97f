/** Says how far something is: in place on a terminal, else now and then on a line of its own. */
export interface Progress {
  say(text: string): void;
  /** Ends the line in place. */
  done(): void;
}

const pauseMillis = 30_000;

export function openProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  let saidAt = 0;
  let isOpen = false;
  return {
    say(text) {
      if (stream.isTTY) {
        stream.write(`\r\u001b[2K${text}`);
        isOpen = true;
      } else if (Date.now() - saidAt > pauseMillis) {
        stream.write(`${text}\n`);
        saidAt = Date.now();
      }
    },
    done() {
      if (isOpen) stream.write("\r\u001b[2K");
      isOpen = false;
    },
  };
}
