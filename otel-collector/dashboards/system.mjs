// The machine and the process that watches.
import { choice, dashboard, figure, lines, query, row } from './panels.mjs';

const at = 'instance=~"$instance"';
const perSecond = (metric, labels = at) => `rate(${metric}{${labels}}[$__rate_interval])`;
/** For what happens every few seconds only. */
const overAMinute = (metric) => `rate(${metric}{${at}}[1m])`;

const overview = row('At a glance', [
  figure(
    'CPU in use',
    [query(`1 - sum by (instance) (system_cpu_utilization_ratio{cpu_mode=~"idle|iowait", ${at}})`, '{{instance}}')],
    { unit: 'percentunit', decimals: 0, graph: true, thresholds: used() },
  ),
  figure(
    'Memory in use',
    [query(`1 - system_memory_linux_available_bytes{${at}} / system_memory_limit_bytes{${at}}`, '{{instance}}')],
    { unit: 'percentunit', decimals: 0, graph: true, thresholds: used() },
  ),
  figure(
    'Fullest filesystem',
    [query(`max by (instance) (system_filesystem_utilization_ratio{${at}})`, '{{instance}}')],
    {
      unit: 'percentunit',
      decimals: 0,
      thresholds: used(),
    },
  ),
  figure(
    'Load per processor',
    [query(`system_cpu_load_average_1m{${at}} / system_cpu_logical_count{${at}}`, '{{instance}}')],
    {
      decimals: 2,
      graph: true,
      thresholds: [
        [null, 'green'],
        [1, 'orange'],
        [2, 'red'],
      ],
    },
  ),
  figure('Machine is up', [query(`system_uptime_seconds{${at}}`, '{{instance}}')], { unit: 's', decimals: 1 }),
  figure('Tapewatch is up', [query(`process_uptime_seconds{${at}}`, '{{instance}}')], { unit: 's', decimals: 1 }),
]);

const host = row('Machine', [
  lines(
    'CPU by mode',
    [query(`sum by (cpu_mode) (system_cpu_utilization_ratio{cpu_mode!="idle", ${at}})`, '{{cpu_mode}}')],
    {
      unit: 'percentunit',
      stack: true,
      min: 0,
    },
  ),
  lines(
    'Memory by state',
    [
      query(`sum by (system_memory_state) (system_memory_usage_bytes{${at}})`, '{{system_memory_state}}'),
      query(`sum(system_memory_limit_bytes{${at}})`, 'limit'),
    ],
    { unit: 'bytes', min: 0, dashed: 'limit' },
  ),
  lines(
    'Load',
    [
      query(`system_cpu_load_average_1m{${at}}`, '1 min {{instance}}'),
      query(`system_cpu_load_average_5m{${at}}`, '5 min {{instance}}'),
      query(`system_cpu_load_average_15m{${at}}`, '15 min {{instance}}'),
      query(`system_cpu_logical_count{${at}}`, 'processors {{instance}}'),
    ],
    { min: 0, dashed: '^processors' },
  ),
  lines(
    'Filesystems',
    [query(`system_filesystem_utilization_ratio{${at}}`, '{{system_filesystem_mountpoint}} {{instance}}')],
    { unit: 'percentunit', min: 0, max: 1, thresholds: used() },
  ),
  lines(
    'Disk input and output',
    [
      query(
        `sum by (system_device) (${perSecond('system_disk_io_bytes_total', `disk_io_direction="read", ${at}`)})`,
        'read {{system_device}}',
      ),
      query(
        `sum by (system_device) (${perSecond('system_disk_io_bytes_total', `disk_io_direction="write", ${at}`)})`,
        'write {{system_device}}',
      ),
    ],
    { unit: 'Bps', mirrored: '^write' },
  ),
  lines('Disks busy', [query(perSecond('system_disk_io_time_seconds_total'), '{{system_device}} {{instance}}')], {
    unit: 'percentunit',
    min: 0,
    max: 1,
    description: 'Fraction of the time in which a disk had something to do.',
  }),
  lines(
    'Network',
    [
      query(
        `sum by (network_interface_name) (${perSecond('system_network_io_bytes_total', `network_io_direction="receive", ${at}`)})`,
        'in {{network_interface_name}}',
      ),
      query(
        `sum by (network_interface_name) (${perSecond('system_network_io_bytes_total', `network_io_direction="transmit", ${at}`)})`,
        'out {{network_interface_name}}',
      ),
    ],
    { unit: 'Bps', mirrored: '^out' },
  ),
  lines(
    'Network faults',
    [
      query(
        `sum by (network_interface_name) (${perSecond('system_network_errors_total')})`,
        'faulty {{network_interface_name}}',
      ),
      query(
        `sum by (network_interface_name) (${perSecond('system_network_packet_dropped_total')})`,
        'dropped {{network_interface_name}}',
      ),
    ],
    { unit: 'pps', min: 0 },
  ),
  lines(
    'Paging',
    [
      query(
        `sum(${perSecond('system_paging_faults_total', `system_paging_fault_type="major", ${at}`)})`,
        'faults that waited for a disk',
      ),
      query(
        `sum by (system_paging_direction) (${perSecond('system_paging_operations_total')})`,
        'swapped {{system_paging_direction}}',
      ),
    ],
    { unit: 'ops', min: 0 },
  ),
]);

const own = row('Tapewatch itself', [
  lines(
    'Event loop delay',
    [
      query(`nodejs_eventloop_delay_p50_seconds{${at}}`, 'p50 {{instance}}'),
      query(`nodejs_eventloop_delay_p99_seconds{${at}}`, 'p99 {{instance}}'),
      query(`nodejs_eventloop_delay_max_seconds{${at}}`, 'greatest {{instance}}'),
    ],
    { unit: 's', min: 0 },
  ),
  lines(
    'Processor',
    [
      query(`sum by (instance) (${perSecond('process_cpu_time_seconds_total')})`, 'processors in use {{instance}}'),
      query(`nodejs_eventloop_utilization_ratio{${at}}`, 'event loop {{instance}}'),
    ],
    { unit: 'percentunit', min: 0 },
  ),
  lines(
    'Memory',
    [
      query(`process_memory_usage_bytes{${at}}`, 'resident {{instance}}'),
      query(`sum by (instance) (v8js_memory_heap_used_bytes{${at}})`, 'heap in use {{instance}}'),
    ],
    { unit: 'bytes', min: 0 },
  ),
  lines(
    'Time in garbage collection',
    [query(`sum by (v8js_gc_type) (${overAMinute('v8js_gc_duration_seconds_sum')})`, '{{v8js_gc_type}}')],
    { unit: 'percentunit', min: 0, stack: true },
  ),
  lines(
    'Heap by space',
    [query(`sum by (v8js_heap_space_name) (v8js_memory_heap_used_bytes{${at}})`, '{{v8js_heap_space_name}}')],
    { unit: 'bytes', min: 0, stack: true },
  ),
  lines(
    'Open files and threads',
    [
      query(`process_unix_file_descriptor_count{${at}}`, 'open files {{instance}}'),
      query(`process_thread_count{${at}}`, 'threads {{instance}}'),
    ],
    { min: 0 },
  ),
  lines(
    'API requests',
    [
      query(
        `sum by (http_route, http_response_status_code) (${overAMinute('http_server_request_duration_seconds_count')})`,
        '{{http_route}} {{http_response_status_code}}',
      ),
    ],
    { unit: 'reqps', min: 0, width: 12 },
  ),
  lines(
    'API latency',
    [0.5, 0.95, 0.99].map((quantile) =>
      query(
        `histogram_quantile(${quantile}, sum by (le) (${overAMinute('http_server_request_duration_seconds_bucket')}))`,
        `p${quantile * 100}`,
      ),
    ),
    { unit: 's', min: 0, width: 12 },
  ),
]);

/** How a resource that can run out is coloured. */
function used() {
  return [
    [null, 'green'],
    [0.8, 'orange'],
    [0.9, 'red'],
  ];
}

export const system = dashboard({
  name: 'system',
  title: 'Tapewatch: system',
  description: 'The machine and the process that watches.',
  choices: [choice('instance', 'Instance', 'tapewatch_series', 'instance')],
  rows: [overview, host, own],
});
