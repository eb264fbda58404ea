// What the procedure declares: settings with their units and ranges, kinds of speech, votes.

import type { Procedure, Setting } from '../../api/types';
import { spell } from '../../text/format';
import { t, tr, word } from '../../text/i18n';

const withUnit = (setting: Setting, value: unknown): string =>
  `${typeof value === 'boolean' ? t(value ? 'it.yes' : 'it.no') : String(value)}${setting.unit ? ` ${word('unit', setting.unit)}` : ''}`;

/** "1 – 60 phút", "cut, warn, ask", "có hoặc không" */
const rangeOf = (setting: Setting): string => {
  if (setting.choices) return setting.choices.map(String).join(', ');
  if (setting.type === 'boolean') return t('it.yes_or_no');
  const { min, max } = setting;
  if (min !== undefined && max !== undefined) return `${min} – ${withUnit(setting, max)}`;
  if (min !== undefined) return t('it.at_least', { value: withUnit(setting, min) });
  return max === undefined ? '' : t('it.at_most', { value: withUnit(setting, max) });
};

const Settings = ({ settings }: { settings: Setting[] }) => (
  <div class="scroll-x" tabIndex={0} role="group" aria-label={t('it.settings')}>
    <table class="data settings">
      <thead>
        <tr>
          <th scope="col">{t('it.setting')}</th>
          <th scope="col">{t('it.value')}</th>
          <th scope="col">{t('it.range')}</th>
        </tr>
      </thead>
      <tbody>
        {settings.map((s) => (
          <tr key={s.name}>
            <th scope="row">
              {tr(s, s.name)}
              <small><code>{s.name}</code>{s.rule && ` · ${s.rule}`}</small>
            </th>
            <td class={s.value === s.default ? '' : 'changed'}>
              {withUnit(s, s.value)}
              {s.value !== s.default && <small>{t('it.default', { value: withUnit(s, s.default) })}</small>}
            </td>
            <td class="dim">{rangeOf(s)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

export const Rules = ({ procedure }: { procedure: Procedure }) => (
  <section class="panel" aria-labelledby="words-title">
    <header class="panel-head"><h2 id="words-title">{t('it.vocabulary')}</h2></header>
    {(procedure.settings?.length ?? 0) > 0 && (
      <>
        <h3>{t('it.settings')}</h3>
        <Settings settings={procedure.settings ?? []} />
      </>
    )}
    <h3>{t('it.kinds')}</h3>
    <ul class="listing">
      {procedure.kinds?.map((k) => (
        <li key={k.id}>
          <span>{tr(k)} <code>{k.id}</code></span>
          <span class="dim">{k.lane}{k.limit_ms ? ` · ${spell(k.limit_ms)}` : ''}{k.rule ? ` · ${k.rule}` : ''}</span>
        </li>
      ))}
    </ul>
    <h3>{t('it.votes')}</h3>
    <ul class="listing">
      {procedure.votes?.map((v) => (
        <li key={v.id}><span>{tr(v)} <code>{v.id}</code></span><span class="dim">{v.rule}</span></li>
      ))}
    </ul>
    {procedure.kinds === undefined && <p class="empty">{t('it.neutral_words')}</p>}
  </section>
);
