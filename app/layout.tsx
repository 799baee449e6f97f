import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { Providers } from "../components/frame/providers.tsx";
import { Shell } from "../components/frame/shell.tsx";
import { beforePaint } from "../components/ui/before-paint.ts";
import "./globals.css";

export const metadata: Metadata = {
  description: "Experiment trials and the caches behind them",
  referrer: "no-referrer",
  robots: { index: false, follow: false },
};
export const viewport: Viewport = { width: "device-width", initialScale: 1, colorScheme: "light dark" };

/** Reading the nonce makes every page rendered per request, which the style and script policy needs. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <script nonce={nonce} suppressHydrationWarning>
          {beforePaint}
        </script>
      </head>
      <body>
        <Providers>
          <Shell>{children}</Shell>
        </Providers>
      </body>
    </html>
  );
}
