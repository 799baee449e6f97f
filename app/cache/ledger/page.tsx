import { LedgerPage } from "../../../components/cache/ledger/ledger-page.tsx";

export default function Page() {
  return <LedgerPage />;
}
