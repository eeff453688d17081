//! Each stage of grading, over the labelled cases of `tests/cases`; throughput is in answers.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use resit::extract::Extraction;
use resit::grade::stages::{self, Canonical, Parsed};
use resit::{Grader, Limits, Policy};
use resit_tests::cases::{self, Given};

fn stages(criterion: &mut Criterion) {
    let (mut answers, mut responses) = (Vec::new(), Vec::new());
    for case in cases::all() {
        match case.given {
            Given::Answer(answer) => answers.push((case.reference, answer)),
            Given::Response(response) => responses.push((case.reference, response)),
        }
    }
    let texts: Vec<&str> = answers.iter().flat_map(|(a, b)| [a.as_str(), b]).collect();
    let parse = |text| stages::parse(text, &Limits::default());
    let parsed: Vec<(Parsed, Parsed)> = answers
        .iter()
        .filter_map(|(a, b)| Some((parse(a)?, parse(b)?)))
        .collect();
    let canonical: Vec<(Canonical, Canonical)> = parsed
        .iter()
        .map(|(a, b)| (stages::canon(a), stages::canon(b)))
        .collect();
    let grader = Grader::new(Policy::default());

    let mut group = criterion.benchmark_group("grade");
    let mut bench = |name: &str, count: usize, work: &mut dyn FnMut()| {
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(name, |bencher| bencher.iter(&mut *work));
    };
    bench("extract", responses.len(), &mut || {
        for (_, response) in &responses {
            black_box(Extraction::Default.extract(black_box(response)));
        }
    });
    bench("lex", texts.len(), &mut || {
        for text in &texts {
            black_box(stages::lex(black_box(text)));
        }
    });
    bench("parse", texts.len(), &mut || {
        for text in &texts {
            black_box(parse(black_box(text)));
        }
    });
    bench("canon", parsed.len() * 2, &mut || {
        for (a, b) in &parsed {
            black_box((stages::canon(black_box(a)), stages::canon(black_box(b))));
        }
    });
    bench("decide", canonical.len(), &mut || {
        for (a, b) in &canonical {
            black_box(stages::decide(black_box(a), black_box(b)));
        }
    });
    bench("whole", answers.len(), &mut || {
        for (reference, answer) in &answers {
            black_box(grader.grade(black_box(reference), black_box(answer)));
        }
    });
}

criterion_group!(benches, stages);
criterion_main!(benches);
