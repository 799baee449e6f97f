import { CachePage } from "../../components/cache/cache-page.tsx";

export default function Page() {
  return <CachePage />;
}
