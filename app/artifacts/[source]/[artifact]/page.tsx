import { ArtifactPage } from "../../../../components/artifacts/artifact-page.tsx";

export default async function Page({ params }: { params: Promise<{ source: string; artifact: string }> }) {
  const { source, artifact } = await params;
  return <ArtifactPage sourceId={source} artifactId={artifact} />;
}
