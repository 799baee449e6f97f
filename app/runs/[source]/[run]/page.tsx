import { RunPage } from "../../../../components/runs/run-page.tsx";

export default async function Page({ params }: { params: Promise<{ source: string; run: string }> }) {
  const { source, run } = await params;
  return <RunPage sourceId={source} runId={run} />;
}
