import { ButtonLink } from "../components/ui/button.tsx";
import { PageHeader } from "../components/ui/page-header.tsx";
import { EmptyState } from "../components/ui/states.tsx";

export default function NotFound() {
  return (
    <>
      <PageHeader title="Not found" />
      <EmptyState title="There is no such page" actions={<ButtonLink href="/">To the overview</ButtonLink>}>
        The address may be of another server, or of something that is gone.
      </EmptyState>
    </>
  );
}
