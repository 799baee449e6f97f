import { fileURLToPath } from "node:url";

/** @type {import("next").NextConfig} */
const nextConfig = {
  allowedDevOrigins: ["127.0.0.1", "localhost"],
  poweredByHeader: false,
  reactStrictMode: true,
  // Pictures are shown as stored: nothing is fetched, resized or kept on the side.
  images: { unoptimized: true },
  // `npm run types` checks the whole project; a second check here would only slow down the first start.
  typescript: { ignoreBuildErrors: true },
  // A clone below a folder with a lock file of its own must not be taken for a part of it.
  turbopack: { root: fileURLToPath(new URL(".", import.meta.url)) },
  // The engine lives in the process that serves, not in the bundles; what it loads stays out of them.
  serverExternalPackages: [
    "@google-cloud/firestore",
    "@google-cloud/storage",
    "ioredis",
    "mongodb",
    "pg",
    "isomorphic-git",
  ],
};

export default nextConfig;
