import { AppError } from "../../domain/errors.ts";

export interface FirestorePlaceOptions {
  project: string;
  /** `(default)` unless named. */
  database?: string;
  /** Path of a key file in JSON. Without it and `credentialsJson`: Google's Application Default Credentials. */
  keyFile?: string;
  /** The content of a key file. */
  credentialsJson?: string;
  /** `host:port` of an emulator. */
  emulatorHost?: string;
}

export interface FirestorePlace {
  project: string;
  database: string;
  emulatorHost: string | null;
  /** Whether credentials were named, so that none have to be looked for. */
  hasCredentials: boolean;
  /** For messages. */
  name: string;
  location: string;
}

const projectForm = /^(?:[a-z0-9.-]+:)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const databaseForm = /^(?:\(default\)|[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)$/;
const hostForm = /^(?:[\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}$/;

/** Which database of which project is meant. Throws `bad_request` for what can be none. */
export function parseFirestorePlace(options: FirestorePlaceOptions): FirestorePlace {
  const { project, database = "(default)", emulatorHost = null } = options;
  if (!projectForm.test(project))
    throw badPlace("this is no project id", "Name the project's id, such as my-project-12.");
  if (!databaseForm.test(database))
    throw badPlace("this is no database id", "Name the database's id, or leave it out.");
  if (emulatorHost !== null && !hostForm.test(emulatorHost))
    throw badPlace("the emulator's address is none", "Write it as host:port, such as 127.0.0.1:8080.");
  const name = `${project}/${database}`;
  return {
    project,
    database,
    emulatorHost,
    hasCredentials: [options.keyFile, options.credentialsJson, options.emulatorHost].some(
      (given) => given !== undefined,
    ),
    name,
    location: `firestore://${name}${emulatorHost === null ? "" : `?emulator=${emulatorHost}`}`,
  };
}

function badPlace(says: string, remedy: string): AppError {
  return new AppError("bad_request", `firestore: ${says}`, { remedy });
}
