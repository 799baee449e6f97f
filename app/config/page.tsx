import { ConfigPage } from "../../components/config/config-page.tsx";

export default function Page() {
  return <ConfigPage />;
}
