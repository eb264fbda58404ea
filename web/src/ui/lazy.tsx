// A page that is fetched when its role is first shown.

import type { ComponentType, FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../text/i18n';
import { Button } from './button';

type Load = () => Promise<{ default: ComponentType }>;

/** `preload` fetches it before it is shown. */
export type LazyPage = FunctionComponent & { preload: () => void };

export const lazy = (load: Load): LazyPage => {
  let loaded: ComponentType | null = null;
  const Page = () => {
    const Loaded = loaded;
    const [, again] = useState(0);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (failed || Loaded) return;
      // The bundler remembers what is on its way: this fetches nothing twice.
      load().then(
        (module) => {
          loaded = module.default;
          again((n) => n + 1);
        },
        () => setFailed(true),
      );
    }, [failed]);
    if (Loaded) return <Loaded />;
    return (
      <main id="main" class="page loading" tabIndex={-1}>
        <p role="status">{t(failed ? 'loading.failed' : 'loading')}</p>
        {failed && <Button onClick={() => setFailed(false)}>{t('action.try_again')}</Button>}
      </main>
    );
  };
  const preload = (): void => {
    load().then(
      (module) => (loaded = module.default),
      () => undefined, // fetched again when it is shown
    );
  };
  return Object.assign(Page, { preload });
};
