// A level meter: dBFS from -60 (empty) to 0 (full).

const FLOOR_DB = -60;

export const LevelBar = ({ dbfs, label }: { dbfs: number | null | undefined; label: string }) => {
  const value = dbfs === null || dbfs === undefined ? FLOOR_DB : Math.min(0, Math.max(FLOOR_DB, dbfs));
  const share = (value - FLOOR_DB) / -FLOOR_DB;
  const tone = value > -3 ? 'hot' : value > -45 ? 'good' : 'low';
  return (
    <div
      class={`level ${tone}`}
      role="meter"
      aria-label={label}
      aria-valuemin={FLOOR_DB}
      aria-valuemax={0}
      aria-valuenow={Math.round(value)}
      aria-valuetext={`${Math.round(value)} dB`}
    >
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="level-track" width="100" height="6" rx="3" />
        <rect class="level-fill" width={share * 100} height="6" rx="3" />
      </svg>
    </div>
  );
};
