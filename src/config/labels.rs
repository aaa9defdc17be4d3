//! The words that charts write by themselves, and what a config puts in their place: key, English, Chinese. Both sets are
//! complete. `{…}` is filled in by the chart; a text in place of another may hold the same ones. Data and its lookup.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::keys::{Form, Key};
use super::raw::{Section, Value};
use crate::model::Varied;
use crate::model::figure::Language;

macro_rules! labels {
    ($($label:ident $key:literal $english:literal $chinese:literal)*) => {
        /// A text of a chart.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Label {
            $(#[doc = $english] $label,)*
        }

        /// Key, English and Chinese, in the order of [`Label`].
        const TEXTS: &[(&str, &str, &str)] = &[$(($key, $english, $chinese),)*];

        /// The keys of `[labels]`.
        pub(super) const LABELS: &[Key] = &[$(Key {
            name: $key,
            about: concat!("In place of: ", $english),
            form: Form::Wording($english),
            default: Some(concat!("\"", $english, "\"")),
        },)*];

        impl Label {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$label,)*];
        }
    };
}

labels! {
    // Axes.
    Requests "requests" "Requests" "请求次数"
    Duration "duration" "Duration" "所需用时"
    Overhead "overhead" "Overhead" "额外用时"
    RelativeDuration "relative-duration" "Duration / delay" "用时 / 延迟"
    RelativeOverhead "relative-overhead" "Overhead / delay" "额外用时 / 延迟"
    Speedup "speed-up" "Speed-up" "加速比"
    Throughput "throughput" "Requests per second" "每秒请求数"
    Latency "latency" "Response time" "响应时间"
    Share "share" "Requests finished" "已完成的请求"
    CpuTime "cpu-time" "CPU time" "CPU 时间"
    PeakMemory "peak-memory" "Largest process" "最大进程"
    TotalMemory "total-memory" "Memory of all processes" "所有进程的内存"
    ContextSwitches "context-switches" "Context switches" "上下文切换次数"
    ThreadCount "thread-count" "Threads of all processes" "所有进程的线程数"
    Time "time" "Time" "时间"
    // Titles.
    DurationTitle "duration-title" "Duration by request count" "所需用时与请求次数的关系"
    Logarithmic "logarithmic" "{title} (logarithmic)" "{title}（对数坐标）"
    SpeedupTitle "speed-up-title" "Speed-up over {strategy}" "相对于 {strategy} 的加速比"
    OverheadTitle "overhead-title" "Time lost above the ideal" "超出理想值的时间"
    ThroughputTitle "throughput-title" "Throughput by request count" "吞吐量与请求次数的关系"
    LatencyTitle "latency-title" "Response times at {requests}" "{requests}时的响应时间"
    CostTitle "cost-title" "Cost by request count" "资源开销与请求次数的关系"
    TimelineTitle "timeline-title" "When each of the {requests} ran" "{requests}各自的运行时段"
    // Legend.
    Ideal "ideal" "ideal ({strategies})" "理想值（{strategies}）"
    IdealOfAll "ideal-of-all" "ideal" "理想值"
    Pair "pair" "{first}, {second}" "{first}、{second}"
    AndMore "and-more" "{strategy} and {number} more" "{strategy} 及其他 {number} 项"
    Failed "failed" "{strategy}: {number} failed" "{strategy}：{number} 次失败"
    // Panels.
    Continues "continues" "{strategy} (continues to {time})" "{strategy}（持续到 {time}）"
    NoCpuTime "no-cpu-time" "CPU time was not recorded" "未记录 CPU 时间"
    NoMemory "no-memory" "memory was not recorded" "未记录内存"
    NoContextSwitches "no-context-switches" "context switches were not recorded" "未记录上下文切换次数"
    // Captions.
    Join "join" "{first}; {second}" "{first}；{second}"
    Sentence "sentence" "{text}." "{text}。"
    OneSample "one-sample" "One sample per point" "每个点为一个样本"
    Samples "samples" "Median of {number} samples per point" "每个点为 {number} 个样本的中位数"
    Range "range" "{least} to {greatest}" "{least} 至 {greatest}"
    SetUp "set-up" "{samples}, including start-up of threads and processes" "{samples}，含线程和进程的启动时间"
    Band "band" "band" "阴影带"
    Bars "bars" "bars" "误差线"
    BandAndBars "band-and-bars" "band and bars" "阴影带和误差线"
    Interval "interval" "{mark}: 95 % interval of the median" "{mark}：中位数的 95 % 置信区间"
    Bootstrap "bootstrap" "{mark}: 95 % bootstrap interval of the median" "{mark}：中位数的 95 % 自助法置信区间"
    Dashed "dashed" "dashed: ideal" "虚线：理想值"
    DashedFor "dashed-for" "dashed: ideal for {delay}" "虚线：理想值（{delay}）"
    Zero "zero" "0 is the ideal" "0 为理想值"
    ZeroFor "zero-for" "0 is the ideal for {delay}" "0 为理想值（{delay}）"
    Delay "delay" "a delay of {time}" "延迟 {time}"
    EstimatedDelay "estimated-delay" "an estimated delay of {time}" "估计延迟 {time}"
    Sleep "sleep" "a sleep of {time}" "休眠 {time}"
    ServedAtOnce "served-at-once" "{delay}, at most {number} served at once" "{delay}，服务器同时最多处理 {number} 个请求"
    Elsewhere "elsewhere" "thin: measured elsewhere" "细线：在别处测得"
    ElsewhereFor "elsewhere-for" "thin: measured elsewhere, with {delay}" "细线：在别处测得（{delay}）"
    Divided "divided" "each duration is divided by its own delay" "每个用时都除以各自的延迟"
    Chosen "chosen" "{number} of {all} strategies are drawn, the fastest at {requests}" "共 {all} 个策略，只绘制 {requests}时最快的 {number} 个"
    NotRun "not-run" "not run: {strategy} at {requests}, {reason}" "未运行：{strategy} 在 {requests}时，{reason}"
    HollowOne "hollow-one" "hollow: one failed sample (not in the median)" "空心标记：1 个失败的样本（不计入中位数）"
    Hollow "hollow" "hollow: {number} failed samples (not in the median)" "空心标记：{number} 个失败的样本（不计入中位数）"
    Baseline "baseline" "1× is {strategy} at the same request count" "1× 为相同请求次数下的 {strategy}"
    EachLine "each-line" "Each line: {number} requests that succeeded, all repeats" "每条曲线：全部重复中成功的 {number} 个请求"
    Marked "marked" "marks: p50 and p99" "标记：p50 和 p99"
    Binned "binned" "line: median of up to {number} neighbouring counts; band: the middle 95 % of them" "曲线：至多 {number} 个相邻请求次数的中位数；阴影带：其中间的 95 %"
    CostOf "cost-of" "totals over all processes, memory of the largest one" "所有进程合计，内存为最大的单个进程"
    TotalOf "total-of" "totals over all processes" "所有进程合计"
    FlatMemory "flat-memory" "memory: {value}" "内存：{value}"
    Threads "threads" "threads at {requests}: {threads}" "{requests}时的线程数：{threads}"
    InProcesses "in-processes" "{number} in {processes} processes" "{number}（{processes} 个进程）"
    FirstSample "first-sample" "The first sample of each strategy at {requests}" "各策略处理 {requests}的第一个样本"
    Rows "rows" "each bar is one request; a row holds one request at a time" "每个横条为一个请求；每行同一时刻只有一个请求"
    JoinedBars "joined-bars" "each bar is one request or several close together; a row holds one request at a time" "每个横条为一个请求或合并的相邻请求；每行同一时刻只有一个请求"
    SharedRows "shared-rows" "each bar is one or more requests that overlap or are close; a row holds up to {number} requests at a time" "每个横条为重叠或相邻的一个或多个请求；每行同一时刻最多有 {number} 个请求"
    CutAxis "cut-axis" "time axis cut at {time}" "时间轴在 {time} 处截断"
    Selection "selection" "an even selection of {number} requests is drawn" "从中均匀选取并绘制 {number} 个请求"
    HollowRequest "hollow-request" "hollow: failed" "空心：失败"
    // What a picture says in words, for readers who do not see it.
    OneRequest "one-request" "1 request" "1 个请求"
    SomeRequests "some-requests" "{number} requests" "{number} 个请求"
    PerSecond "per-second" "{number} per second" "每秒 {number} 个"
    NoValue "no-value" "{strategy} has no value" "{strategy} 没有数值"
    At "at" "{strategy} is at {value} for {requests}" "{strategy} 在 {requests}时为 {value}"
    Stays "stays" "{strategy} stays at {value} from {first} to {requests}" "{strategy} 从 {first} 到 {requests}保持在 {value}"
    Grows "grows" "{strategy}: each further request adds {value}" "{strategy}：每多一个请求增加 {value}"
    Falls "falls" "{strategy}: each further request subtracts {value}" "{strategy}：每多一个请求减少 {value}"
    Steps "steps" "{strategy}: every further {number} requests (one per worker) add {value}" "{strategy}：每多 {number} 个请求（每个工作单元一个）增加 {value}"
    NearlyConstant "nearly-constant" "{strategy}: nearly constant at {value}" "{strategy}：基本不变，约为 {value}"
    NoTrend "no-trend" "{strategy}: no clear trend ({least} to {greatest} per further request)" "{strategy}：没有明显趋势（每多一个请求 {least} 至 {greatest}）"
    Goes "goes" "{strategy} goes from {start} at {first} to {end} at {requests}" "{strategy} 从 {first} 个请求时的 {start} 变为 {requests}时的 {end}"
    Others "others" "and {number} more" "另有 {number} 条"
    Topic "topic" "{topic}: {text}" "{topic}：{text}"
    LatencyFinding "latency-finding" "{strategy}: half within {half}, 99 % within {most}, the longest {longest}" "{strategy}：一半在 {half} 以内，99 % 在 {most} 以内，最长 {longest}"
    SelectionFinding "selection-finding" "{strategy}: {requests}" "{strategy}：{requests}"
    TimelineFinding "timeline-finding" "{strategy}: {requests}, at most {number} at once, done after {time}" "{strategy}：{requests}，最多 {number} 个同时进行，{time} 后全部完成"
}

/// The texts of a run's charts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels(Vec<String>);

/// The sets that come with the program, by the word in the config.
pub(super) const SETS: &[&str] = &["en", "zh"];

impl Default for Labels {
    fn default() -> Self {
        Self::named("en")
    }
}

impl Labels {
    /// A set that comes with the program; the English one for a word that is none of [`SETS`].
    fn named(word: &str) -> Self {
        let text = |row: &(&str, &str, &str)| if word == "zh" { row.2.to_owned() } else { row.1.to_owned() };
        Self(TEXTS.iter().map(text).collect())
    }

    /// Each text is its key in brackets and its placeholders, so that a test finds it again.
    #[cfg(test)]
    pub(crate) fn marked() -> Self {
        let marked = |(key, english, _): &(&str, &str, &str)| {
            let names: String = placeholders(english).map(|name| format!("{{{name}}}")).collect();
            format!("[{key}]{names}")
        };
        Self(TEXTS.iter().map(marked).collect())
    }

    /// The Chinese set.
    #[cfg(test)]
    pub(crate) fn chinese() -> Self {
        Self::named("zh")
    }

    /// The value of `labels`: the name of a set, or a table of texts. `None` where a diagnostic was added.
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Section(section) => Self::of_table(section),
            _ => value.as_text().map(Self::named),
        }
    }

    fn of_table(section: &Section) -> Option<Self> {
        TEXTS.iter().map(|(key, ..)| section.text(key).map(str::to_owned)).collect::<Option<_>>().map(Self)
    }

    /// The language of most texts: a table of own texts may replace some of a set.
    #[must_use]
    pub fn language(&self) -> Language {
        let all = || TEXTS.iter().zip(&self.0);
        let english = all().filter(|((_, english, _), text)| english == text).count();
        let chinese = all().filter(|((_, _, chinese), text)| chinese == text).count();
        if chinese > english { Language::Chinese } else { Language::English }
    }

    /// The same where something else than requests is varied.
    #[must_use]
    pub fn of_varied(mut self, varied: &Varied) -> Self {
        let Varied::Named(name) = varied else { return self };
        // A placeholder is none of a name.
        let name = name.replace(['{', '}'], "");
        for (label, text) in [
            (Label::Requests, name.clone()),
            (Label::DurationTitle, format!("Duration by {name}")),
            (Label::Baseline, format!("1× is {{strategy}} at the same {name}")),
            (Label::OneRequest, format!("{name} = 1")),
            (Label::SomeRequests, format!("{name} = {{number}}")),
            (Label::Stays, format!("{{strategy}} stays at {{value}} from {name} = {{first}} to {{requests}}")),
            (Label::Goes, format!("{{strategy}} goes from {{start}} at {name} = {{first}} to {{end}} at {{requests}}")),
            (Label::Grows, format!("{{strategy}}: each further {} adds {{value}}", varied.step())),
            (Label::Falls, format!("{{strategy}}: each further {} subtracts {{value}}", varied.step())),
            (
                Label::NoTrend,
                format!("{{strategy}}: no clear trend ({{least}} to {{greatest}} per further {})", varied.step()),
            ),
            (
                Label::Binned,
                format!("line: median of up to {{number}} neighbouring {name}; band: the middle 95 % of them"),
            ),
        ] {
            self.0[label as usize] = text;
        }
        self
    }

    /// Puts a text in place of another.
    #[must_use]
    pub fn with(mut self, label: Label, text: &str) -> Self {
        text.clone_into(&mut self.0[label as usize]);
        self
    }

    /// Each text that is not the English one, by its key.
    fn changed(&self) -> BTreeMap<&'static str, &str> {
        let all = TEXTS.iter().zip(&self.0);
        all.filter(|((_, english, _), text)| english != text).map(|((key, ..), text)| (*key, text.as_str())).collect()
    }

    /// A text, as it is written.
    #[must_use]
    pub fn text(&self, label: Label) -> &str {
        &self.0[label as usize]
    }

    /// A text with its `{…}` filled in; one that `values` does not name stays.
    #[must_use]
    pub fn fill(&self, label: Label, values: &[(&str, &str)]) -> String {
        let mut rest = self.text(label);
        let mut out = String::new();
        while let Some((before, name, after)) = placeholder(rest) {
            out.push_str(before);
            match values.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => out.push_str(value),
                None => out.push_str(&format!("{{{name}}}")),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.changed().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut changed = BTreeMap::<String, String>::deserialize(deserializer)?;
        let text =
            |(key, english, _): &(&str, &str, &str)| changed.remove(*key).unwrap_or_else(|| (*english).to_owned());
        Ok(Self(TEXTS.iter().map(text).collect()))
    }
}

impl JsonSchema for Labels {
    fn schema_name() -> Cow<'static, str> {
        "Labels".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": { "type": "string" } })
    }
}

/// The first `{name}` of a text, with what stands before and after it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// The names between braces in a text, in order.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, name, after) = placeholder(rest)?;
        rest = after;
        Some(name)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::fixtures::{diagnostic, sweep};
    use super::{Label, Labels, Language, TEXTS, placeholders};

    const LEAST: &str = "[target]\ndelay = \"100ms\"\n";

    #[test]
    fn both_sets_are_complete_and_hold_the_same_placeholders() {
        let keys: BTreeSet<_> = TEXTS.iter().map(|(key, ..)| key).collect();
        assert_eq!((keys.len(), Label::ALL.len()), (TEXTS.len(), TEXTS.len()));
        for (key, english, chinese) in TEXTS {
            let names = |text: &'static str| placeholders(text).collect::<BTreeSet<_>>();
            assert_eq!(names(english), names(chinese), "{key}");
            assert_ne!(english, chinese, "{key}");
        }
    }

    #[test]
    fn texts_are_filled_in_once() {
        let labels = Labels::default();
        let filled = labels.fill(Label::Pair, &[("first", "{second}"), ("second", "b")]);
        assert_eq!(filled, "{second}, b", "a strategy may be called anything");
        assert_eq!(labels.fill(Label::Pair, &[]), "{first}, {second}");
    }

    #[test]
    fn a_config_names_a_set_or_single_texts() {
        let labels = |text: &str| sweep(&format!("{text}\n{LEAST}")).labels;
        assert_eq!(labels("labels = 'en'"), Labels::default());
        assert_eq!(labels("labels = 'en'").language(), Language::English);
        let chinese = sweep(&format!("labels = 'zh'\n{LEAST}"));
        assert_eq!((&*chinese.title, chinese.labels.text(Label::Requests)), ("所需用时与请求次数的关系", "请求次数"));
        assert_eq!(chinese.labels.language(), Language::Chinese);
        let own = labels("labels = { requests = 'n', ideal = 'best' }");
        let texts = [Label::Requests, Label::Ideal, Label::Duration].map(|label| own.text(label));
        assert_eq!((texts, own.language()), (["n", "best", "Duration"], Language::English));
        assert_eq!(sweep(&format!("title = 'T'\nlabels = 'zh'\n{LEAST}")).title, "T");
    }

    #[test]
    fn an_unknown_text_is_answered_with_the_nearest_one() {
        let answer = diagnostic(&format!("{LEAST}[labels]\nlatancy = \"L\"\n"));
        assert!(answer.contains("did you mean `latency`?"), "{answer}");
    }
}
