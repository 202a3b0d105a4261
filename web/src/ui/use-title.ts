import { useEffect } from 'react';
import { t } from '../language.js';

export function useTitle(screen: string): void {
  useEffect(() => {
    document.title = t.pageTitle(screen);
  }, [screen]);
}
