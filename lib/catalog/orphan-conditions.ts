import { type SqlBool, sql } from "kysely";
import { query } from "./database.ts";
import type { Condition } from "./filter-conditions.ts";

const usedSources = query.selectFrom("sources").select("sid").where("used", "=", sql.lit(1));

/** While a configured source was never read completely, it may name anything. */
export const everySourceIsRead: Condition = sql<SqlBool>`not exists (
  select 1 from sources where used = 1 and complete_generation = 0)`;

/** What is in a bucket may be named by an index that is not connected here, until someone has confirmed that there is none. */
export const everyIndexIsConnected: Condition = sql<SqlBool>`(artifacts.bucket is null
  or artifacts.bucket in (select bucket from confirmed_buckets))`;

/** An entry of the artifact's own source names it. */
export const isNamed: Condition = sql<SqlBool>`exists (
  select 1 from payloads where payloads.sid = artifacts.sid and payloads.artifact = artifacts.id)`;

/** An entry of another source names the same file: several indexes may share a bucket. */
export const isNamedElsewhere: Condition = sql<SqlBool>`exists (
  select 1 from artifacts as same inner join payloads on payloads.sid = same.sid and payloads.artifact = same.id
  where same.object = artifacts.object and same.sid <> artifacts.sid and same.sid in (${usedSources}))`;

/**
 * A result that could not be read may name an array or model of its process; whatever stands under its very version and process is
 * not judged either. The same holds for results of a project of this name in another source, whose files may stand in the same store.
 */
export const mayBeNamedUnread: Condition = sql<SqlBool>`(exists (
    select 1 from entries as unread
    where unread.unread = 1 and unread.sid = artifacts.sid and unread.experiment is artifacts.experiment and ${couldName()})
  or exists (
    select 1 from experiments as mine
    inner join experiments as alike on alike.name = mine.name and alike.sid <> mine.sid
    inner join entries as unread on unread.sid = alike.sid and unread.experiment = alike.id and unread.unread = 1
    where mine.sid = artifacts.sid and mine.id = artifacts.experiment and alike.sid in (${usedSources}) and ${couldName()}))`;

function couldName(): Condition {
  return sql<SqlBool>`coalesce(unread.process is artifacts.process or artifacts.process is null, 1)
    and (artifacts.role <> 'result' or (unread.version is not null and unread.version is artifacts.version))`;
}
