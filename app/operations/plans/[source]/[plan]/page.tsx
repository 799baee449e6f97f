import { ProposalPage } from "../../../../../components/operations/proposal/proposal-page.tsx";

export default async function Page({ params }: { params: Promise<{ source: string; plan: string }> }) {
  const { source, plan } = await params;
  return <ProposalPage place={{ source, plan }} />;
}
