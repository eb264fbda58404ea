import type { Snapshot } from '../../api/types';
import { ask } from '../../state/store';
import { t, tr } from '../../text/i18n';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';

export const AgendaPanel = ({ state }: { state: Snapshot }) => {
  const sitting = state.phase === 'sitting';
  return (
    <section class="panel agenda" aria-labelledby="agenda-title">
      <header class="panel-head"><h2 id="agenda-title" tabIndex={-1}>{t('agenda.title')}</h2></header>
      {state.agenda.length === 0 && <p class="empty">{t('agenda.empty')}</p>}
      <ol class="agenda-list">
        {state.agenda.map((item, i) => (
          <li key={item.id} class={`agenda-item ${item.state}`} aria-current={item.state === 'current' ? 'step' : undefined}>
            <span class="agenda-mark" aria-hidden="true">
              {item.state === 'done' ? <Icon name="check" /> : item.state === 'current' ? <Icon name="right" /> : i + 1}
            </span>
            <span class="agenda-words">
              {tr(item.title)}
              <span class="visually-hidden"> ({t(`item.${item.state}`)})</span>
            </span>
            {item.state === 'current' ? (
              <Button size="small" icon="check" disabled={!sitting} label={t('action.finish_item', { title: tr(item.title) })}
                onClick={() => void ask('agenda.finish', { item: item.id })}>
                {t('action.finish')}
              </Button>
            ) : (
              <Button size="small" tone="quiet" disabled={!sitting} label={t(item.state === 'done' ? 'action.again_item' : 'action.start_item', { title: tr(item.title) })}
                onClick={() => void ask('agenda.start', { item: item.id })}>
                {t(item.state === 'done' ? 'action.again' : 'action.start')}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
};
