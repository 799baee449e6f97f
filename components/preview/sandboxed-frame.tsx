"use client";
import { useState } from "react";
import { Button } from "../ui/button.tsx";

/**
 * A page that a run wrote, in a frame of opaque origin: no cookies, no network, no reach to this page. It is loaded only on demand,
 * since its scripts do run inside.
 */
export function SandboxedFrame({ name, contentUrl }: { name: string; contentUrl: string }) {
  const [shown, setShown] = useState(false);
  if (!shown) {
    return (
      <div className="flex flex-col items-start gap-2 rounded-md border border-line p-4">
        <p className="m-0">
          This artifact is a page of its own. It runs in a sandbox without network, cookies or reach to Trialdeck.
        </p>
        <Button onClick={() => setShown(true)}>Show it in the sandbox</Button>
      </div>
    );
  }
  return (
    <iframe
      title={`Artifact ${name}`}
      src={contentUrl}
      sandbox="allow-scripts"
      referrerPolicy="no-referrer"
      className="h-[70vh] w-full rounded-md border border-line bg-white"
    />
  );
}
