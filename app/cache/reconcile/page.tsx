import { ReconcilePage } from "../../../components/cache/reconcile/reconcile-page.tsx";

export default function Page() {
  return <ReconcilePage />;
}
