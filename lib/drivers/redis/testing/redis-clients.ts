import { Redis } from "ioredis";
import type { KeyValueDriver } from "../../../contracts/driver.ts";
import type { RedisServer } from "../../../contracts/testing/redis-server.ts";
import { openRedisDriver, type RedisOptions } from "../redis-driver.ts";

/** A client that writes past the driver under test. */
export function openWriter(server: RedisServer, db = 0): Redis {
  return new Redis({ port: server.port, db });
}

/** Opens a driver for the time of `use`. */
export async function withDriver(options: RedisOptions, use: (driver: KeyValueDriver) => Promise<void>): Promise<void> {
  const driver = await openRedisDriver(options);
  try {
    await use(driver);
  } finally {
    await driver.close();
  }
}
