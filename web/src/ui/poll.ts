import { useEffect } from 'preact/hooks';

/** Runs `work` now and every `ms`, while the page is in sight. */
export const usePoll = (work: () => Promise<void> | void, ms: number): void => {
  useEffect(() => {
    const run = (): void => {
      if (document.visibilityState === 'visible') void work();
    };
    run();
    const timer = window.setInterval(run, ms);
    return () => clearInterval(timer);
  }, []);
};
