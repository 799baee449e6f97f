import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Stands between a driver and a server, and breaks what is between them. */
export interface FaultProxy {
  /** `host:port`. */
  host: string;
  /** Resets all connections. */
  cut(): void;
  /** Resets all connections, and leads the next ones there. */
  leadTo(port: number): void;
  /** Passes nothing on any more, without a word, while connections stay. */
  hold(): void;
  /** Goes on, with what was held. */
  release(): void;
  /** Resets all connections and listens no longer. */
  refuse(): Promise<void>;
  /** Listens again. */
  accept(): Promise<void>;
  stop(): Promise<void>;
}

export async function startFaultProxy(port: number): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  let target = port;
  let isHeld = false;

  function keep(socket: Socket): void {
    sockets.add(socket);
    if (isHeld) socket.pause();
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  }

  function pass(socket: Socket): void {
    const onward = connect(target, "127.0.0.1");
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      one.on("data", (chunk) => other.write(chunk));
      one.on("close", () => other.destroy());
      keep(one);
    }
  }

  function cut(): void {
    for (const socket of sockets) socket.resetAndDestroy();
  }

  let server = await listen(0, pass);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const refuse = async () => {
    const closing = server;
    closing.close();
    cut();
    if (closing.listening) await once(closing, "close");
  };
  return {
    host: `127.0.0.1:${address.port}`,
    cut,
    leadTo(next) {
      target = next;
      cut();
    },
    hold() {
      isHeld = true;
      for (const socket of sockets) socket.pause();
    },
    release() {
      isHeld = false;
      for (const socket of sockets) socket.resume();
    },
    refuse,
    async accept() {
      server = await listen(address.port, pass);
    },
    stop: refuse,
  };
}

async function listen(port: number, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onConnection).listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}
