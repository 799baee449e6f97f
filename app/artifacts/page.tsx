import { ArtifactsPage } from "../../components/artifacts/artifacts-page.tsx";

export default function Page() {
  return <ArtifactsPage />;
}
