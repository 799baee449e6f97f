import { EntryPage } from "../../../../components/cache/entry-page.tsx";

export default async function Page({ params }: { params: Promise<{ source: string; entry: string }> }) {
  const { source, entry } = await params;
  return <EntryPage sourceId={source} entryId={entry} />;
}
