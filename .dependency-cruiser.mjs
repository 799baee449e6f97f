/**
 * Who may import whom: the table of rooms in docs/architecture.md, as rules. Every room may import itself; a test file may import
 * anything but the browser tests' pages.
 */
const ours = "^(app|bench|bin|components|e2e|lib|proxy[.]ts)(/|$)";
const test = "([.]test[.](tsx?|mjs)$|(^|/)testing/)";

/** Room → [its files, what of ours it may import]. `$1` is the room's own folder. */
const rooms = {
  "app-pages": ["^app/(?!api/)", ["^app/(?!api/)", "^components/"]],
  "app-api": ["^app/api/", ["^app/api/", "^lib/engine/", "^lib/wire/", "^lib/domain/errors[.]ts$"]],
  proxy: ["^proxy[.]ts$", []],
  components: [
    "^components/(?!(?:charts|invalidate|preview|ui)/)([^/]+)/",
    ["^components/($1|charts|invalidate|preview|ui)/", "^lib/queries/", "^lib/domain/"],
  ],
  "components-charts": ["^components/charts/", ["^components/(charts|ui)/", "^lib/domain/"]],
  "components-invalidate": [
    "^components/invalidate/",
    ["^components/(invalidate|ui)/", "^lib/queries/", "^lib/domain/"],
  ],
  "components-preview": ["^components/preview/", ["^components/(preview|ui)/", "^lib/queries/", "^lib/domain/"]],
  "components-ui": ["^components/ui/", ["^components/ui/"]],
  domain: ["^lib/domain/", ["^lib/domain/"]],
  contracts: ["^lib/contracts/", ["^lib/(contracts|domain)/"]],
  drivers: ["^lib/drivers/([^/]+)/", ["^lib/drivers/($1/|[^/]+$)", "^lib/(contracts|domain)/"]],
  "drivers-shared": ["^lib/drivers/[^/]+$", ["^lib/drivers/[^/]+$", "^lib/(contracts|domain)/"]],
  layouts: ["^lib/layouts/([^/]+)/", ["^lib/layouts/($1/|[^/]+$)", "^lib/(codecs|contracts|domain)/"]],
  "layouts-shared": ["^lib/layouts/[^/]+$", ["^lib/layouts/[^/]+$", "^lib/(codecs|contracts|domain)/"]],
  codecs: ["^lib/codecs/", ["^lib/(codecs|domain)/"]],
  settings: ["^lib/settings/", ["^lib/(settings|domain)/"]],
  sources: ["^lib/sources/", ["^lib/(sources|settings|contracts|drivers|layouts|codecs|catalog|domain)/"]],
  catalog: ["^lib/catalog/", ["^lib/(catalog|contracts|domain)/"]],
  state: ["^lib/state/", ["^lib/(state|domain)/"]],
  operations: ["^lib/operations/", ["^lib/(operations|domain|contracts|catalog|state|sources)/"]],
  auth: ["^lib/auth/", ["^lib/(auth|domain|state|settings)/"]],
  engine: ["^lib/engine/", ["^lib/(?!wire/|queries/)"]],
  wire: ["^lib/wire/", ["^lib/(wire|domain)/"]],
  queries: ["^lib/queries/", ["^lib/(queries|wire|domain)/"]],
  bin: ["^bin/", ["^bin/", "^lib/(engine|wire|settings)/", "^lib/domain/errors[.]ts$"]],
  e2e: ["^e2e/", ["^e2e/", "^lib/.+/testing/"]],
};

/** Package → the only files that may import it. */
const packages = {
  "server-only": "^lib/engine/get-engine[.]ts$",
  "@google-cloud/firestore": "^lib/drivers/firestore/",
  "@google-cloud/storage": "^lib/drivers/gcs/",
  "isomorphic-git": "^lib/drivers/git/",
  ioredis: "^lib/drivers/redis/",
  mongodb: "^lib/drivers/mongo/",
  pg: "^lib/drivers/postgres/",
  recharts: "^components/charts/",
  "@tanstack/react-query": "^(app|components|lib/queries)/",
  react: "^(app|components)/",
  next: "^(app|components|bin|proxy[.]ts)",
  "playwright|@axe-core/playwright": "^(e2e|playwright[.]config[.]ts)",
};

const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

const roomRules = Object.entries(rooms).map(([room, [files, allowed]]) =>
  forbid(
    `room-${room}`,
    "A room imports only what docs/architecture.md allows it.",
    { path: files, pathNot: test },
    { path: ours, pathNot: allowed.length > 0 ? allowed : "^$" },
  ),
);

const packageRules = Object.entries(packages).map(([name, home]) =>
  forbid(
    `package-${name.replaceAll(/\W+/g, "-")}`,
    `Only ${home} knows this package.`,
    { path: ours, pathNot: [home, test, "^bench/", "^e2e/"] },
    { path: `(^|/)node_modules/(${name})(/|$)` },
  ),
);

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...roomRules,
    ...packageRules,
    forbid("no-cycle", "A cycle has no first file to read.", {}, { circular: true }),
    forbid("no-unresolvable", "An import that leads nowhere.", {}, { couldNotResolve: true }),
    forbid(
      "no-test-in-product",
      "What ships does not import what tests it.",
      { path: ours, pathNot: [test, "^(e2e|bench)/"] },
      { path: test },
    ),
    forbid(
      "no-dev-package-in-product",
      "A package that ships is a dependency, not a dev dependency.",
      { path: "^(app|components|lib|proxy[.]ts)", pathNot: test },
      { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    ),
    forbid(
      "domain-has-no-io",
      "The domain is pure.",
      { path: "^lib/domain/", pathNot: test },
      { dependencyTypes: ["core"] },
    ),
    forbid(
      "drivers-know-no-noun",
      "Of the domain a driver takes the errors, plain values, and types.",
      { path: "^lib/drivers/", pathNot: test },
      {
        path: "^lib/domain/",
        pathNot: "^lib/domain/(errors|values)[.]ts$",
        dependencyTypesNot: ["type-only"],
      },
    ),
    forbid(
      "routes-get-the-engine",
      "Routes know the engine's types and getEngine(), so that its code stays out of the bundles.",
      { path: "^app/", pathNot: test },
      {
        path: "^lib/engine/",
        pathNot: "^lib/engine/get-engine[.]ts$",
        dependencyTypesNot: ["type-only"],
      },
    ),
    forbid(
      "get-engine-is-for-routes",
      "get-engine.ts throws outside Next's bundles.",
      { pathNot: ["^app/api/", test] },
      { path: "^lib/engine/get-engine[.]ts$" },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^([.]next|e2e/fixtures|bundled|test-results|coverage)/" },
    parser: "swc",
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "node", "default"] },
  },
};
