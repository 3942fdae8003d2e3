import { AdminOverview, Series, SeriesQuery } from '../../admin/overview.ts'
import {
  AdminFeedbackPage,
  AdminSettings,
  AdminUsage,
  ClientErrorPage,
  PageQuery,
} from '../../admin/reports.ts'
import type { Operation } from '../../operation.ts'
import { UsageQuery } from '../../usage.ts'
import { creatorOnly } from './shared.ts'

export const adminReportOperations: readonly Operation[] = [
  {
    ...creatorOnly,
    method: 'get',
    path: '/api/admin/overview',
    id: 'adminGetOverview',
    summary: 'Says how everything stands: health, gateways, traffic, people, cost.',
    answers: { 200: { description: 'All gateways together.', schema: AdminOverview } },
  },
  {
    ...creatorOnly,
    method: 'get',
    path: '/api/admin/series',
    id: 'adminGetSeries',
    summary: 'Answers the traffic of all gateways over the last minutes, by the minute.',
    description: 'Kept for seven days. Percentiles come from merged histograms: right to within a tenth.',
    query: SeriesQuery,
    answers: { 200: { description: 'The series.', schema: Series } },
  },
  {
    ...creatorOnly,
    method: 'get',
    path: '/api/admin/feedback',
    id: 'adminListFeedback',
    summary: 'Lists what people think of replies.',
    query: PageQuery,
    answers: { 200: { description: 'One page.', schema: AdminFeedbackPage } },
  },
  {
    ...creatorOnly,
    method: 'get',
    path: '/api/admin/client-errors',
    id: 'adminListClientErrors',
    summary: 'Lists failures that clients reported.',
    query: PageQuery,
    answers: { 200: { description: 'One page.', schema: ClientErrorPage } },
  },
  {
    ...creatorOnly,
    method: 'get',
    path: '/api/admin/usage',
    id: 'adminGetUsage',
    summary: 'Answers what everyone used: by day, model and person.',
    query: UsageQuery,
    answers: { 200: { description: 'The period.', schema: AdminUsage } },
  },
  {
    ...creatorOnly,
    method: 'get',
    path: '/api/admin/settings',
    id: 'adminGetSettings',
    summary: 'Shows the configuration in force, without secrets.',
    answers: { 200: { description: 'Every setting.', schema: AdminSettings } },
  },
]
