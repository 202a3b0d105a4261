import { useEffect, useState } from 'react';

export type Departure = 'here' | 'leaving' | 'slow';

const SLOW_AFTER_MS = 10_000;

/** The time between the click and the identity provider's page, during which this page is still shown. */
export function useDeparture() {
  const [departure, setDeparture] = useState<Departure>('here');

  useEffect(() => {
    if (departure !== 'leaving') return undefined;
    const timer = window.setTimeout(() => setDeparture('slow'), SLOW_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [departure]);

  useEffect(() => {
    // Back from the identity provider, the browser may show this page just as it was left.
    const arrive = () => setDeparture('here');
    window.addEventListener('pageshow', arrive);
    return () => window.removeEventListener('pageshow', arrive);
  }, []);

  return {
    departure,
    depart: () => setDeparture('leaving'),
    cancel: () => {
      window.stop();
      setDeparture('here');
    },
  };
}
